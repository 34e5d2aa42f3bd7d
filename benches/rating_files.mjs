// Rating files of many people, for measuring.

/** Two rating files of so many people each, half of whom are in both; everybody rates a few of 300 items. @param {number} people */
export function ratingFiles(people) {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
  return ["a", "b"].map((slot, domain) => {
    const lines = ["user,item,rating"];
    for (let n = 0; n < people; n++) {
      const user = domain * (people >> 1) + n;
      for (let k = 0; k < 5; k++) {
        const item = (k * 60 + Math.floor(random() * 60)) % 300;
        const taste = ((user * 2654435761) >>> 16) % 3;
        lines.push(`u${user},i${item},${1 + Math.min(4, Math.floor(random() * 2) + (item % 3 === taste ? 3 : 1))}`);
      }
    }
    return { name: `${slot}.csv`, mimeType: "text/csv", buffer: Buffer.from(`${lines.join("\n")}\n`) };
  });
}
