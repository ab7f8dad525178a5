import Foundation

/// Chromium without a window, driven through its DevTools protocol over two pipes.
final class HeadlessBrowser {
  /// Nil where there is none; `make browser` installs one.
  static let program: String? = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].lazy
    .flatMap { name in
      (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
    }.first { FileManager.default.isExecutableFile(atPath: $0) }

  struct Failure: Error, CustomStringConvertible { let description: String }

  private let profile = ScratchFolder()
  private var process: pid_t = 0
  private let commands, answers: Int32
  private var buffer = Data()
  private var number = 0
  private var session = ""
  /// What the page complained about: exceptions, errors on its console, refused loads.
  private(set) var complaints: [String] = []
  /// Files that the page has saved, complete.
  var downloads: [String] {
    profile.names.filter { !$0.hasPrefix(".") && $0 != "profile" && !$0.hasSuffix(".crdownload") }
  }
  func download(_ name: String) throws -> Data { try profile.data(name) }

  /// Opens an empty page of this size in pixels.
  init(width: Int, height: Int) throws {
    guard let program = Self.program else { throw Failure(description: "there is no Chromium") }
    var (down, up): ([Int32], [Int32]) = ([0, 0], [0, 0])
    guard pipe(&down) == 0, pipe(&up) == 0 else { throw Failure(description: "no pipes") }
    (commands, answers) = (down[1], up[0])
    for end in [down[1], up[0]] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // Ends that are 3 or 4 themselves must not be overwritten: both move out of the way first.
    let (reading, writing) = (fcntl(down[0], F_DUPFD, 100), fcntl(up[1], F_DUPFD, 100))
    posix_spawn_file_actions_adddup2(&actions, reading, 3)
    posix_spawn_file_actions_adddup2(&actions, writing, 4)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    let words = [
      program, "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--no-first-run", "--hide-scrollbars",
      "--disable-dev-shm-usage", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
      "--user-data-dir=\(profile / "profile")", "--window-size=\(width),\(height)", "about:blank",
    ]
    var pointers = words.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var environment = ProcessInfo.processInfo.environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for pointer in environment { free(pointer) } }
    let status = posix_spawn(&process, program, &actions, nil, &pointers, &environment)
    for end in [down[0], up[1], reading, writing] { close(end) }
    guard status == 0 else { throw Failure(description: "Chromium does not start: \(status)") }
    let target = try command("Target.createTarget", ["url": "about:blank"])
    let attached = try command(
      "Target.attachToTarget", ["targetId": target["targetId"] as? String ?? "", "flatten": true])
    session = attached["sessionId"] as? String ?? ""
    for domain in ["Page", "Runtime", "Log"] { try command("\(domain).enable") }
    try command(
      "Emulation.setDeviceMetricsOverride",
      ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": false])
    try command("Browser.setDownloadBehavior", ["behavior": "allow", "downloadPath": profile.path], onPage: false)
  }

  deinit {
    kill(process, SIGKILL)
    waitpid(process, nil, 0)
    close(commands)
    close(answers)
  }

  /// Sends a command and waits for its answer, a minute at most.
  @discardableResult
  func command(_ method: String, _ parameters: [String: Any] = [:], onPage: Bool = true) throws -> [String: Any] {
    number += 1
    var message: [String: Any] = ["id": number, "method": method, "params": parameters]
    if onPage && !session.isEmpty { message["sessionId"] = session }
    let bytes = try JSONSerialization.data(withJSONObject: message) + [0]
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { write(commands, $0.baseAddress! + sent, bytes.count - sent) }
      guard count > 0 else { throw Failure(description: "Chromium has gone") }
      sent += count
    }
    while true {
      let answer = try next(within: 60)
      guard answer["id"] as? Int == number else {
        note(answer)
        continue
      }
      if let error = answer["error"] as? [String: Any] { throw Failure(description: "\(method): \(error)") }
      return answer["result"] as? [String: Any] ?? [:]
    }
  }

  private func next(within seconds: Int) throws -> [String: Any] {
    while true {
      if let end = buffer.firstIndex(of: 0) {
        let message = buffer[buffer.startIndex..<end]
        let value = try JSONSerialization.jsonObject(with: Data(message)) as? [String: Any]
        buffer = Data(buffer[(end + 1)...])
        return value ?? [:]
      }
      var waiting = pollfd(fd: answers, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, Int32(seconds * 1000)) > 0 else { throw Failure(description: "Chromium does not answer") }
      var bytes = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(answers, &bytes, bytes.count)
      guard count > 0 else { throw Failure(description: "Chromium has gone") }
      buffer.append(contentsOf: bytes[..<count])
    }
  }

  private func note(_ event: [String: Any]) {
    let parameters = event["params"] as? [String: Any] ?? [:]
    switch event["method"] as? String {
    case "Runtime.exceptionThrown": complaints.append("\(parameters["exceptionDetails"] ?? "")")
    case "Runtime.consoleAPICalled" where parameters["type"] as? String == "error":
      complaints.append("\(parameters["args"] ?? "")")
    case "Log.entryAdded":
      let entry = parameters["entry"] as? [String: Any] ?? [:]
      if entry["level"] as? String == "error" { complaints.append("\(entry["text"] ?? "") \(entry["url"] ?? "")") }
    default: break
    }
  }

  // MARK: What a test does

  func open(_ address: String) throws { try command("Page.navigate", ["url": address]) }

  /// The value of a JavaScript expression; a promise is waited for.
  @discardableResult
  func evaluate(_ script: String) throws -> Any? {
    let answer = try command(
      "Runtime.evaluate", ["expression": script, "awaitPromise": true, "returnByValue": true])
    if let details = answer["exceptionDetails"] as? [String: Any] {
      throw Failure(description: "\(script): \((details["exception"] as? [String: Any])?["description"] ?? details)")
    }
    return (answer["result"] as? [String: Any])?["value"]
  }

  /// Waits until an expression is true.
  func wait(for script: String, seconds: Double = 60) throws {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
      if (try? evaluate("Boolean(\(script))") as? Bool) == true { return }
      usleep(50_000)
    }
    throw Failure(description: "it never came that \(script)")
  }

  enum MouseAction: String {
    case pressed = "mousePressed"
    case moved = "mouseMoved"
    case released = "mouseReleased"
  }

  func mouse(_ action: MouseAction, _ x: Double, _ y: Double) throws {
    try command(
      "Input.dispatchMouseEvent",
      [
        "type": action.rawValue, "x": x, "y": y, "button": "left", "clickCount": 1,
        "buttons": action == .released ? 0 : 1,
      ])
  }

  /// Presses the mouse at the first place, draws through all and lets go at the last.
  func drag(through places: [(x: Double, y: Double)]) throws {
    guard let (first, last) = places.first.flatMap({ first in places.last.map { (first, $0) } }) else { return }
    try mouse(.pressed, first.x, first.y)
    for place in places.dropFirst() { try mouse(.moved, place.x, place.y) }
    try mouse(.released, last.x, last.y)
  }

  func type(_ text: String) throws { try command("Input.insertText", ["text": text]) }

  /// Presses and lets go of a key by its DOM name: `Enter`, `z`.
  /// - Parameter modifiers: 2 for Control, 8 for Shift.
  func press(_ key: String, modifiers: Int = 0) throws {
    let codes = ["Enter": 13, "Escape": 27, "Tab": 9, "z": 90, "Z": 90]
    var parameters: [String: Any] = [
      "key": key, "modifiers": modifiers, "windowsVirtualKeyCode": codes[key] ?? Int(key.unicodeScalars.first!.value),
    ]
    if key == "Enter" { parameters["text"] = "\r" }
    for type in ["keyDown", "keyUp"] {
      parameters["type"] = type
      try command("Input.dispatchKeyEvent", parameters)
    }
  }

  /// What is on the screen, as PNG.
  func screenshot() throws -> Data {
    let answer = try command("Page.captureScreenshot", ["format": "png"])
    return Data(base64Encoded: answer["data"] as? String ?? "") ?? Data()
  }
}
