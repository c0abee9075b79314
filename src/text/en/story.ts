// What happened, in one sentence each: the words of marks, facts and explanations that the views return as phrases.

export const story = {
  placeholder: '',
} as const;

export type StoryKey = keyof typeof story;
export type StoryWords = Readonly<Record<StoryKey, string>>;
