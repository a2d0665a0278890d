/*
{
  "attempt": "Has concat read an array whose getter grows and freezes it.",
  "expect": {"result": "contained"}
}
*/
export default async function handler(input, host) {
  const list = [1, 2, 3];
  Object.defineProperty(
    list,
    1,
    { get() { list.length = 0; for (let i = 0; i < 1000; i++) list.push(i); return 9; }, configurable: true }
  );
  try { [].concat(list, list); } catch (error) {}
  try { list.flatMap((value) => { list.length = 1; return [value, list]; }); } catch (error) {}
  return "contained";
}
