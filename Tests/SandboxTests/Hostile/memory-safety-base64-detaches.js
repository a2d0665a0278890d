/*
{
  "attempt": "Detaches a buffer in the options that reading and writing Base64 look at.",
  "expect": {"result": 4}
}
*/
export default async function handler(input, host) {
  let tried = 0;
  for (const name of ["setFromBase64", "toBase64", "setFromHex", "toHex"]) {
    const array = new Uint8Array(100000);
    const options = {
      get alphabet() { array.buffer.transfer(); return "base64"; },
      get lastChunkHandling() { return "loose"; },
      get omitPadding() { return true; }
    };
    try { name.startsWith("set") ? array[name]("AAAA".repeat(1000), options) : array[name](options); } catch (error) {}
    tried++;
  }
  return tried;
}
