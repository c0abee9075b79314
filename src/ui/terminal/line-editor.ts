// The line that a learner types, before it goes to the engine: echo, cursor, history, completion, paste. It draws into any
// terminal through `LineEditorPort` and knows no DOM, no xterm and no engine. What is printed while somebody types never
// mixes with the input: the input is erased, the output written, the input drawn again. Read stack.md's traps no more:
// `docs` of readline(3) and termios(3), "canonical mode", say what people expect.
