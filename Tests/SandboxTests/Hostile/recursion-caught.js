/*
{
  "attempt": "Catches the overflow at the bottom, and returns a result.",
  "expect": {"result": ["RangeError", true]}
}
*/
export default async function handler(input, host) {
  let depth = 0;
  const down = () => { depth++; down(); };
  try { down(); } catch (error) { return [error.name, depth > 100]; }
}
