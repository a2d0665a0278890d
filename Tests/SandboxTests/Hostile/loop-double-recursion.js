/*
{
  "attempt": "Recurses twice at each depth, catching the overflow: time that doubles with each frame.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  function climb() { try { climb(); } finally { climb(); } }
  climb();
}
