/** Fails in the way that its input names. */
const ways = {
  throws: () => { throw new TypeError("there is no such region: Atlantis"); },
  spins: () => { for (;;); },
  hoards: () => { const kept = []; for (;;) kept.push(new Array(100_000).fill(kept.length)); },
  recurses: () => { const dig = depth => dig(depth + 1) + 1; return dig(0); },
  shouts: () => "A".repeat(2_000_000),
  floods: async host => { for (;;) await host.callTool("calculate", { expression: "1 + 1" }); },
  waits: () => new Promise(() => {}),
  mumbles: () => 10n,
};

export default async function handler({ way }, host) {
  return ways[way](host);
}
