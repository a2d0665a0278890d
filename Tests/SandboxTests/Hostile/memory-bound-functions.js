/*
{
  "attempt": "Binds a function that is bound already, for ever.",
  "limits": {"memoryBytes": 8388608, "cpuMilliseconds": 2000},
  "expect": {"failure": "memory_limit"}
}
*/
export default async function handler(input, host) {
  let bound = function () {};
  for (;;) bound = bound.bind(null, 1);
}
