import FoundationEssentials
import Glibc
import JSON

/// What this process holds: what hostile children could make it keep.
struct ProcessState {
  let residentBytes: Int
  let descriptors: Int
  let threads: Int
  let hasChildren: Bool

  init() {
    let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
    residentBytes = (pages.count > 1 ? Int(pages[1]) ?? 0 : 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    descriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count ?? 0
    threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task"))?.count ?? 0
    var information = siginfo_t()
    hasChildren = waitid(P_ALL, 0, &information, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD
  }

  var json: JSONValue {
    [
      "residentBytes": .number(residentBytes), "descriptors": .number(descriptors), "threads": .number(threads),
      "hasChildren": .bool(hasChildren),
    ]
  }
}
