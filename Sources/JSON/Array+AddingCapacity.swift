#if compiler(<6.3)
  /// What Swift 6.3 has in its standard library. The functions for arm64 may be built with 6.2 (docs/packaging.md).
  extension Array {
    @inlinable mutating func append(addingCapacity capacity: Int, initializingWith initialize: (inout OutputSpan<Element>) -> Void) {
      withUnsafeTemporaryAllocation(of: Element.self, capacity: capacity) { buffer in
        var span = OutputSpan(buffer: buffer, initializedCount: 0)
        initialize(&span)
        let count = span.finalize(for: buffer)
        append(contentsOf: buffer[..<count])
        buffer[..<count].deinitialize()
      }
    }
  }
#endif
