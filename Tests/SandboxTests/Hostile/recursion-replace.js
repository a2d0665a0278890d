/*
{
  "attempt": "Replaces within the callback of a replacement.",
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  const replace = () => "a".replace(/a/, replace);
  replace();
}
