/*
{
  "attempt": "Jumps between labels and finally blocks that take each other's continue.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  outer: for (;;) {
    inner: for (;;) {
      try { continue outer; } finally { continue inner; }
    }
  }
}
