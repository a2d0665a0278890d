/*
{
  "attempt": "Uses a timer, where a clear error says that there is none.",
  "expect": {"failure": "threw", "message": "setTimeout"}
}
*/
export default async function handler(input, host) {
  await new Promise((resolve) => setTimeout(resolve, 10));
}
