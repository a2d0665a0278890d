/*
{
  "attempt": "Recurses under a stack of 64 KB.",
  "limits": {"stackBytes": 65536},
  "expect": {"failure": "recursion_limit"}
}
*/
export default async function handler(input, host) {
  let depth = 0;
  const down = () => { depth++; down(); };
  down();
}
