/// Modules by their hashes, as many as fit into so many bytes; those that were not used for longest go first.
struct ModuleCache {
  private struct Entry {
    let bytes: [UInt8]
    var lastUse: Int
  }

  let capacityBytes: Int
  private(set) var byteCount = 0
  private var entries: [String: Entry] = [:]
  private var uses = 0

  init(capacityBytes: Int) { self.capacityBytes = capacityBytes }

  mutating func bytes(of sha256: String) -> [UInt8]? {
    guard let entry = entries[sha256] else { return nil }
    uses += 1
    entries[sha256]?.lastUse = uses
    return entry.bytes
  }

  mutating func insert(_ bytes: [UInt8], sha256: String) {
    guard entries[sha256] == nil, bytes.count <= capacityBytes else { return }
    // The first that is not needed, among a handful: a search is cheaper than an order that is kept up.
    while byteCount + bytes.count > capacityBytes, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
      byteCount -= oldest.value.bytes.count
      entries[oldest.key] = nil
    }
    uses += 1
    byteCount += bytes.count
    entries[sha256] = Entry(bytes: bytes, lastUse: uses)
  }
}
