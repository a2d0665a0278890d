/*
{
  "attempt": "Returns the text of a frame of the protocol.",
  "expect": {"result": "\u0000\u0000\u0000\u0002R\u0000\u0000\u0000\u0000{}\nR 1 {}\n"}
}
*/
export default async function handler(input, host) {
  return "\u0000\u0000\u0000\u0002R\u0000\u0000\u0000\u0000{}\nR 1 {}\n";
}
