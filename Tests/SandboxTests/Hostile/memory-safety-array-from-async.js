/*
{
  "attempt": "Shrinks and detaches what Array.fromAsync is reading.",
  "expect": {"result": [[1, 2], "TypeError"]}
}
*/
export default async function handler(input, host) {
  const list = [1, 2, 3, 4];
  const result = await Array.fromAsync(list, async (value) => { list.length = 2; return value; });
  const typed = new Uint8Array(100);
  let second = "read";
  try {
    await Array.fromAsync(typed, (value) => { if (typed.length) typed.buffer.transfer(); return value ?? 0; });
  } catch (error) { second = error.name; }
  return [result, second];
}
