import Glibc
import Synchronization

/// A process that parses a file which a library's own parser might not survive.
///
/// Both talk through a socket, which is the child's standard input. The child is limited in memory and time, and ends with
/// this object.
public final class ChildProcess: Sendable {
  /// The command that serves a child: program and leading arguments, to which the path of the file is added.
  ///
  /// Nil, the default, reads everything in this process. A program sets it once, before it opens files: to the path of
  /// `tessera-hdf5`, which is built with this package, or to a command of its own that calls `serveHDF5File`.
  public static var helper: [String]? {
    get { command.withLock { $0 } }
    set { command.withLock { $0 = newValue } }
  }

  private static let command = Mutex<[String]?>(nil)
  /// Seconds after which a silent child is given up. What it computes has a limit of its own, which may take long to reach
  /// where many programs compute; beside that it only waits for the disk.
  private static let patience = 600

  /// How a child came to its end before its parent wanted it.
  enum Ending: Error {
    /// It died, said nothing any more, or answered what cannot be.
    case crashed
    /// It computed for longer than it may.
    case outOfTime
  }

  private let socket: Int32
  private let process: pid_t
  /// Nil as long as the child answers; held during an exchange, so that threads ask one after the other.
  private let ending = Mutex<Ending?>(nil)

  /// Starts the helper on a file; nil if it cannot be started.
  init?(for path: String) {
    guard let words = Self.helper else { return nil }
    var ends: [Int32] = [0, 0]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      return nil
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var arguments = (words + [path]).map { strdup($0) } + [nil]
    var started: pid_t = 0
    let status = posix_spawn(&started, words[0], &actions, nil, &arguments, environ)
    posix_spawn_file_actions_destroy(&actions)
    for argument in arguments { free(argument) }
    close(ends[1])
    guard status == 0 else {
      close(ends[0])
      return nil
    }
    var limit = timeval(tv_sec: Self.patience, tv_usec: 0)
    setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    (socket, process) = (ends[0], started)
  }

  deinit {
    if ending.withLock({ $0 }) == nil { _ = end() }
    close(socket)
  }

  /// Sends a request and returns the answer of at most `limit` bytes. A child that fails once is asked no more.
  func answer(to request: [UInt8], limit: Int) throws(Ending) -> (isGood: Bool, bytes: [UInt8]) {
    try ending.withLock { ending throws(Ending) in
      if let ending { throw ending }
      if let answer = exchange(request, limit: limit) { return answer }
      let how = end()
      ending = how
      throw how
    }
  }

  private func exchange(_ request: [UInt8], limit: Int) -> (isGood: Bool, bytes: [UInt8])? {
    guard Message.send(length(request.count) + request, to: socket), let head = Message.receive(9, from: socket)
    else { return nil }
    let count = number(head.dropFirst())
    guard count >= 0, count <= limit, let bytes = Message.receive(count, from: socket) else { return nil }
    return (head[0] == 1, bytes)
  }

  /// Ends the child, unless it has ended, and says how it did.
  private func end() -> Ending {
    kill(process, SIGKILL)
    var status: Int32 = 0
    waitpid(process, &status, 0)
    return status & 0x7F == SIGXCPU ? .outOfTime : .crashed
  }

  /// The child's side: answers requests on standard input until the parent goes away.
  ///
  /// - Parameter respond: makes the answer to a request; an error becomes an answer that tells it.
  static func serve(_ respond: ([UInt8]) throws -> [UInt8]) {
    let most = rlim_t(addressSpace + (8 << 30))
    var memory = rlimit(rlim_cur: most, rlim_max: most)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &memory)
    var noDump = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &noDump)
    while let head = Message.receive(8, from: 0) {
      let count = number(head[...])
      guard (0...1 << 20).contains(count), let request = Message.receive(count, from: 0) else { return }
      var status: UInt8 = 1
      var answer: [UInt8] = []
      do { answer = try respond(request) } catch {
        status = 0
        answer = Array("\(error)".utf8)
      }
      guard Message.send([status] + length(answer.count), to: 0), Message.send(answer, to: 0) else { return }
    }
  }

  /// Bytes of addresses that this process has taken; sanitizers take terabytes for themselves.
  private static var addressSpace: Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    // The first number is the size of the address space, in pages.
    var line = [CChar](repeating: 0, count: 64)
    return fgets(&line, 64, file) == nil ? 0 : atol(line) * Int(getpagesize())
  }

  /// The child's side: lets this process take so many bytes more than it has. What asks for more is refused.
  static func limitMemory(to bytes: Int) {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    limit.rlim_cur = min(limit.rlim_max, rlim_t(addressSpace + bytes))
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
  }

  /// The child's side: ends this process when it has computed for longer than it may, as in an endless loop.
  ///
  /// A timer measures what was computed. RLIMIT_CPU would count ticks of a clock instead: a process that works in short
  /// bursts, as between two requests, may meet seven times as many as it computes, or none.
  struct ProcessorTimeLimit {
    /// Of the system's timers; the first is 0, which Swift takes for nil.
    private var timer: timer_t?

    init() {
      // The parent may have been told to ignore or to hold back signals, which children inherit.
      signal(SIGXCPU, SIG_DFL)
      var none = sigset_t()
      sigemptyset(&none)
      sigprocmask(SIG_SETMASK, &none, nil)
      var event = sigevent()
      event.sigev_notify = Int32(SIGEV_SIGNAL)
      event.sigev_signo = SIGXCPU
      guard timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer) == 0 else { exit(71) }
    }

    /// - Parameter seconds: from the start of the process, of all its threads together.
    func set(to seconds: Double) {
      let whole = Int(seconds)
      var end = itimerspec()
      end.it_value = timespec(tv_sec: whole, tv_nsec: Int((seconds - Double(whole)) * 1e9))
      timer_settime(timer, Int32(TIMER_ABSTIME), &end, nil)
    }
  }
}

/// A number as eight bytes, little-endian.
private func length(_ count: Int) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } }

private func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reversed().reduce(0) { $0 << 8 | Int($1) } }

/// Whole messages through a socket.
private enum Message {
  static func send(_ bytes: [UInt8], to socket: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var sent = 0
      while sent < buffer.count {
        let count = Glibc.send(socket, buffer.baseAddress! + sent, buffer.count - sent, Int32(MSG_NOSIGNAL))
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        sent += count
      }
      return true
    }
  }

  static func receive(_ count: Int, from socket: Int32) -> [UInt8]? {
    var isWhole = true
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = recv(socket, buffer.baseAddress! + filled, count - filled, 0)
        if got < 0 && errno == EINTR { continue }
        guard got > 0 else {
          isWhole = false
          return
        }
        filled += got
      }
    }
    return isWhole ? bytes : nil
  }
}
