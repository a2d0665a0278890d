/*
{
  "attempt": "Throws: the trace names the module, and no path of the machine.",
  "expect": {"failure": "threw", "stackContains": "error-stack-paths.js", "stackLacks": ["/proc", "/tmp", "/home", "/var", "file:"]}
}
*/
export default async function handler(input, host) {
  const deep = () => { throw new Error("traced"); };
  deep();
}
