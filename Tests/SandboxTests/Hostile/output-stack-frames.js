/*
{
  "attempt": "Throws from within functions with names of 10,000 characters.",
  "limits": {"outputBytes": 10000},
  "expect": {"failure": "threw", "messageBytesAtMost": 20000}
}
*/
export default async function handler(input, host) {
  const name = "f".repeat(10000);
  const named = { [name]: (n) => { if (n === 0) throw new Error("deep"); named[name](n - 1); } };
  named[name](100);
}
