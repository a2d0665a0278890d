/*
{
  "attempt": "Passes tens of thousands of arguments on each of many frames.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  const many = Array(60000).fill(0);
  function deeper(...rest) { return deeper(...rest, 1); }
  return deeper(...many);
}
