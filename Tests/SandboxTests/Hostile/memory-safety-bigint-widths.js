/*
{
  "attempt": "Asks for integers of enormous widths and shifts.",
  "expect": {"result": true}
}
*/
export default async function handler(input, host) {
  let refused = 0;
  for (const ask of [
    () => BigInt.asIntN(2 ** 53 - 1, 1n),
    () => BigInt.asUintN(2 ** 53 - 1, -1n),
    () => 1n << 2n ** 62n,
    () => -1n >> 2n ** 62n,
    () => 2n ** (2n ** 62n),
    () => BigInt("0x" + "f".repeat(1e6)),
    () => BigInt(1e308) ** 2000n,
  ]) { try { ask(); } catch (error) { refused++; } }
  return refused > 2;
}
