// Was geschah, in je einem Satz; Schlüssel wie in en/story.ts.

import type { StoryWords } from '../en/story.ts';

export const story: StoryWords = {
  placeholder: '',
};
