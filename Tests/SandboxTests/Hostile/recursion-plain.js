/*
{
  "attempt": "Calls itself without end.",
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  const down = () => down() + 1;
  down();
}
