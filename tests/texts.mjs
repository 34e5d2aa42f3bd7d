// The texts of JavaScript sources: strings and templates without comments, each with what stands before it in its line.

/**
 * @param {string} source
 * @returns {{ text: string, before: string, line: number }[]} of a template its fixed pieces, with … between them
 */
export function textsOf(source) {
  const found = [];
  let at = 0;
  let line = 1;
  const step = (n = 1) => {
    for (; n > 0; n--) if (source[at++] === "\n") line++;
  };
  /** Reads code up to a bracket that closes it. */
  const code = (/** @type {string} */ end) => {
    while (at < source.length && source[at] !== end) {
      if (source.startsWith("//", at)) while (at < source.length && source[at] !== "\n") step();
      else if (source.startsWith("/*", at)) {
        while (!source.startsWith("*/", at)) step();
        step(2);
      } else if (source[at] === "/" && beginsPattern()) pattern();
      else if (source[at] === '"' || source[at] === "'") string(source[at]);
      else if (source[at] === "`") template();
      else if (source[at] === "{") {
        step();
        code("}");
        step();
      } else step();
    }
  };
  /** Whether a slash begins a pattern and divides nothing. */
  const beginsPattern = () => /(^|[=(,:!&|?{};]|return|=>)\s*$/.test(source.slice(Math.max(0, at - 40), at));
  const pattern = () => {
    for (step(); source[at] !== "/" && source[at] !== "\n"; step()) {
      if (source[at] === "\\") step();
      else if (source[at] === "[") while (source[at] !== "]") step(source[at] === "\\" ? 2 : 1);
    }
    step();
  };
  const lineBefore = () => source.slice(source.lastIndexOf("\n", at) + 1, at);
  const string = (/** @type {string} */ mark) => {
    const [before, began] = [lineBefore(), line];
    let text = "";
    for (step(); source[at] !== mark && at < source.length; step()) {
      if (source[at] === "\\") step();
      text += source[at];
    }
    step();
    found.push({ text, before, line: began });
  };
  const template = () => {
    const [before, began] = [lineBefore(), line];
    let text = "";
    step();
    while (source[at] !== "`" && at < source.length) {
      if (source.startsWith("${", at)) {
        step(2);
        code("}");
        text += "…";
      } else {
        if (source[at] === "\\") step();
        text += source[at];
      }
      step();
    }
    step();
    found.push({ text, before, line: began });
  };
  code("");
  return found;
}
