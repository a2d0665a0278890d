/*
{
  "attempt": "Joins a string with itself, which costs nothing until it is read.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  let text = "ab";
  for (let i = 0; i < 27; i++) text += text;
  return text.charCodeAt(12345678);
}
