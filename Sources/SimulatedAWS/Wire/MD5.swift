/// MD5 (RFC 1321), which SQS and S3 still send along: of message bodies and as entity tags. It protects nothing.
enum MD5 {
  /// The digest in 32 hexadecimal digits.
  static func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
    let digest = hash(bytes)
    return String(unsafeUninitializedCapacity: 32) { output in
      for (index, byte) in digest.enumerated() {
        output[2 * index] = digit(byte >> 4)
        output[2 * index + 1] = digit(byte & 15)
      }
      return 32
    }
  }

  static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
    bytes.withContiguousStorageIfAvailable { hash(buffer: $0) } ?? Array(bytes).withUnsafeBufferPointer { hash(buffer: $0) }
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

  /// The integer parts of 2^32 times the sine of 1 to 64.
  private static let constants: [UInt32] = [
    0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613, 0xfd46_9501, 0x6980_98d8, 0x8b44_f7af,
    0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193, 0xa679_438e, 0x49b4_0821, 0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa,
    0xd62f_105d, 0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8, 0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed, 0xa9e3_e905, 0xfcef_a3f8,
    0x676f_02d9, 0x8d2a_4c8a, 0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70,
    0x289b_7ec6, 0xeaa1_27fa, 0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665, 0xf429_2244, 0x432a_ff97,
    0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1, 0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1,
    0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb, 0xeb86_d391,
  ]
  private static func hash(buffer: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var state: (UInt32, UInt32, UInt32, UInt32) = (0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476)
    let raw = UnsafeRawBufferPointer(buffer)
    var offset = 0
    while offset + 64 <= raw.count {
      add(UnsafeRawBufferPointer(rebasing: raw[offset..<(offset + 64)]), to: &state)
      offset += 64
    }
    var tail = Array(raw[offset...])
    tail.append(0x80)
    while tail.count % 64 != 56 { tail.append(0) }
    withUnsafeBytes(of: (UInt64(raw.count) &* 8).littleEndian) { tail.append(contentsOf: $0) }
    tail.withUnsafeBytes { rest in
      for begin in stride(from: 0, to: rest.count, by: 64) {
        add(UnsafeRawBufferPointer(rebasing: rest[begin..<(begin + 64)]), to: &state)
      }
    }
    var digest: [UInt8] = []
    digest.reserveCapacity(16)
    for word in [state.0, state.1, state.2, state.3] { withUnsafeBytes(of: word.littleEndian) { digest.append(contentsOf: $0) } }
    return digest
  }

  private static func add(_ block: UnsafeRawBufferPointer, to state: inout (UInt32, UInt32, UInt32, UInt32)) {
    var (a, b, c, d) = state
    constants.withUnsafeBufferPointer { constants in
      @inline(__always) func word(_ index: Int) -> UInt32 {
        UInt32(littleEndian: block.loadUnaligned(fromByteOffset: (index & 15) * 4, as: UInt32.self))
      }
      @inline(__always) func step(
        _ a: inout UInt32, _ b: UInt32, _ mixed: UInt32, _ word: UInt32, _ constant: UInt32, _ shift: UInt32
      ) {
        let sum = a &+ mixed &+ constant &+ word
        a = b &+ (sum &<< shift | sum &>> (32 &- shift))
      }
      // Four steps at a time, so that no variable has to move to another's place.
      var index = 0
      while index < 16 {
        step(&a, b, d ^ (b & (c ^ d)), word(index), constants[index], 7)
        step(&d, a, c ^ (a & (b ^ c)), word(index + 1), constants[index + 1], 12)
        step(&c, d, b ^ (d & (a ^ b)), word(index + 2), constants[index + 2], 17)
        step(&b, c, a ^ (c & (d ^ a)), word(index + 3), constants[index + 3], 22)
        index += 4
      }
      while index < 32 {
        step(&a, b, c ^ (d & (b ^ c)), word(5 * index + 1), constants[index], 5)
        step(&d, a, b ^ (c & (a ^ b)), word(5 * index + 6), constants[index + 1], 9)
        step(&c, d, a ^ (b & (d ^ a)), word(5 * index + 11), constants[index + 2], 14)
        step(&b, c, d ^ (a & (c ^ d)), word(5 * index + 16), constants[index + 3], 20)
        index += 4
      }
      while index < 48 {
        step(&a, b, b ^ c ^ d, word(3 * index + 5), constants[index], 4)
        step(&d, a, a ^ b ^ c, word(3 * index + 8), constants[index + 1], 11)
        step(&c, d, d ^ a ^ b, word(3 * index + 11), constants[index + 2], 16)
        step(&b, c, c ^ d ^ a, word(3 * index + 14), constants[index + 3], 23)
        index += 4
      }
      while index < 64 {
        step(&a, b, c ^ (b | ~d), word(7 * index), constants[index], 6)
        step(&d, a, b ^ (a | ~c), word(7 * index + 7), constants[index + 1], 10)
        step(&c, d, a ^ (d | ~b), word(7 * index + 14), constants[index + 2], 15)
        step(&b, c, d ^ (c | ~a), word(7 * index + 21), constants[index + 3], 21)
        index += 4
      }
    }
    state = (state.0 &+ a, state.1 &+ b, state.2 &+ c, state.3 &+ d)
  }
}
