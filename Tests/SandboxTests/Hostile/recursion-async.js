/*
{
  "attempt": "Calls itself in async functions before the first await.",
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  const down = async () => { await down(); };
  await down();
}
