// The page as it is read aloud: Chromium's own accessibility tree, as text.

/** What is only about how the text is laid out. */
const SKIPPED = new Set(["none", "generic", "InlineTextBox", "LineBreak", "StaticText", "RootWebArea", "MenuListPopup", "LabelText", "Legend", "emphasis", "strong", "superscript", "code", "mark"]);
const STATES = ["disabled", "checked", "pressed", "selected", "expanded", "invalid", "focused", "hasPopup", "required", "modal"];

/**
 * One line a node: its role, its name, and in what state it is; deeper nodes stand to the right.
 * @param {import("playwright-core").Page} page
 */
export async function treeOf(page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const lines = [];
  const visit = (node, depth, above) => {
    const role = node.role?.value ?? "";
    const name = (node.name?.value ?? "").replace(/\s+/g, " ").trim();
    let next = depth;
    let said = above;
    // Text is a line of its own where what holds it is not called so.
    const isText = role === "StaticText" && name !== "" && !above.includes(name);
    if (!node.ignored && (isText || !SKIPPED.has(role))) {
      const states = STATES.flatMap((state) => {
        const value = node.properties?.find((each) => each.name === state)?.value?.value;
        return value === undefined || value === false || value === "false" ? [] : [value === true || value === "true" ? state : `${state} ${value}`];
      });
      const value = node.value?.value;
      const description = (node.description?.value ?? "").trim();
      lines.push(
        [
          "  ".repeat(depth) + (isText ? "text" : role),
          name ? `“${name}”` : "",
          value === undefined || value === "" ? "" : `= ${value}`,
          description ? `(${description})` : "",
          states.length > 0 ? `[${states.join(", ")}]` : "",
        ].filter(Boolean).join(" "),
      );
      next = depth + 1;
      said = name;
    }
    for (const id of node.childIds ?? []) {
      const child = byId.get(id);
      if (child) visit(child, next, said);
    }
  };
  const root = nodes.find(({ parentId }) => parentId === undefined);
  visit(root, 0, "");
  return { text: `${lines.join("\n")}\n`, nodes: nodes.filter(({ ignored }) => !ignored) };
}
