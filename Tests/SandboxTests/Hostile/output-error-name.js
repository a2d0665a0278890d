/*
{
  "attempt": "Throws an error whose name is a text of megabytes.",
  "limits": {"outputBytes": 10000},
  "expect": {"failure": "threw", "messageBytesAtMost": 20000}
}
*/
export default async function handler(input, host) {
  class Named extends Error { name = "z".repeat(5e6); }
  throw new Named("small");
}
