/*
{
  "attempt": "Throws an error whose stack is a text of megabytes.",
  "limits": {"outputBytes": 10000},
  "expect": {"failure": "threw", "messageBytesAtMost": 20000}
}
*/
export default async function handler(input, host) {
  const error = new Error("small");
  error.stack = "y".repeat(5e6);
  throw error;
}
