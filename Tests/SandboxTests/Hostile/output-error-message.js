/*
{
  "attempt": "Throws an error with a message of megabytes.",
  "limits": {"outputBytes": 10000},
  "expect": {"failure": "threw", "messageBytesAtMost": 20000}
}
*/
export default async function handler(input, host) {
  throw new Error("x".repeat(5e6));
}
