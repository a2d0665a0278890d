internal import Glibc

// Functions of the C library that Swift's module of it leaves out.
@_silgen_name("getauxval") private func auxiliaryValue(_ type: UInt) -> UInt
@_silgen_name("process_vm_readv") private func readMemory(
  _ process: pid_t, _ local: UnsafePointer<iovec>, _ localCount: UInt, _ remote: UnsafePointer<iovec>, _ remoteCount: UInt, _ flags: UInt
) -> Int

/// Follows the frame pointers of a thread that a signal stopped; async-signal-safe.
///
/// A frame begins with the address of its caller's frame, and the address to return to behind it (on x86-64 and on arm64). A chain that does not rise ends
/// the walk; memory that is not known to be the thread's stack is read through the kernel, which refuses what is not there instead of
/// crashing once more.
struct StackWalk {
  private static let most = 48
  private let programCounter: UInt
  private let stackPointer: UInt
  private let framePointer: UInt
  /// An address up to which there is stack; 0 when none is known.
  private let stackTop: UInt

  init(signalContext: UnsafeMutableRawPointer, stackTop: UInt) {
    self.stackTop = stackTop
    let machine = signalContext.assumingMemoryBound(to: ucontext_t.self).pointee.uc_mcontext
    #if arch(x86_64)
      // REG_RIP, REG_RSP and REG_RBP of <sys/ucontext.h>.
      programCounter = UInt(bitPattern: Int(machine.gregs.16))
      stackPointer = UInt(bitPattern: Int(machine.gregs.15))
      framePointer = UInt(bitPattern: Int(machine.gregs.10))
    #elseif arch(arm64)
      programCounter = UInt(machine.pc)
      stackPointer = UInt(machine.sp)
      framePointer = UInt(machine.regs.29)
    #else
      programCounter = 0
      stackPointer = 0
      framePointer = 0
    #endif
  }

  /// The address of the instruction that was stopped, then those of the calls that led to it.
  func forEachAddress(_ body: (UInt) -> Void) {
    if programCounter != 0 { body(programCounter) }
    var frame = framePointer
    var lowest = stackPointer
    for _ in 1..<Self.most {
      guard frame >= lowest, frame % 8 == 0, let next = read(frame), let returnAddress = read(frame + 8), returnAddress > 1 else { return }
      // The instruction before the one that is returned to is the call.
      body(returnAddress - 1)
      lowest = frame + 16
      // Swift marks the frames of async functions in a bit that no address has.
      frame = next & ~(0xF << 60)
    }
  }

  private func read(_ address: UInt) -> UInt? {
    if stackTop >= 8, address >= stackPointer, address <= stackTop - 8 { return UnsafePointer<UInt>(bitPattern: address)?.pointee }
    var value: UInt = 0
    let count = withUnsafeMutablePointer(to: &value) { target in
      var local = iovec(iov_base: target, iov_len: 8)
      var remote = iovec(iov_base: UnsafeMutableRawPointer(bitPattern: address), iov_len: 8)
      return readMemory(getpid(), &local, 1, &remote, 1, 0)
    }
    return count == 8 ? value : nil
  }
}

/// Where the program is in memory, and where its symbols say that it is.
struct ProgramImage {
  /// What the kernel added to the addresses of the file; 0 for a program that is not position-independent.
  private var slide: UInt = 0
  private var lowest = UInt.max
  private var highest: UInt = 0

  /// From the program headers that the kernel passed on; async-signal-safe.
  static var ofProcess: ProgramImage {
    var image = ProgramImage()
    let start = auxiliaryValue(UInt(AT_PHDR))
    let count = Int(auxiliaryValue(UInt(AT_PHNUM)))
    guard let headers = UnsafePointer<Elf64_Phdr>(bitPattern: start) else { return image }
    for index in 0..<count {
      let header = headers[index]
      switch Int32(header.p_type) {
      case PT_PHDR: image.slide = start &- UInt(header.p_vaddr)
      case PT_LOAD:
        image.lowest = min(image.lowest, UInt(header.p_vaddr))
        image.highest = max(image.highest, UInt(header.p_vaddr &+ header.p_memsz))
      default: break
      }
    }
    return image
  }

  /// The address as the file's symbols have it; nil for one outside of the program.
  func fileAddress(of address: UInt) -> UInt? {
    let inFile = address &- slide
    return inFile >= lowest && inFile < highest ? inFile : nil
  }
}
