import Foundation
import Hummingbird
import Logging
import Synchronization
import TesseraHDF5
import TesseraMethods

/// The server behind `tessera gui`: one page, and what it asks, for the person at this machine alone.
///
/// It listens on the loopback address. Every request needs the token that the program prints (`AccessGuard`).
package final class ScreenServer: Sendable {
  private let shelf: ProjectShelf
  private let tools: ScreenTools
  private let workFolder: URL
  private let token = AccessToken()
  private let port = ListeningPort()

  /// - Parameters:
  ///   - folder: where project files go.
  ///   - workFolder: an empty folder for uploads and unpacked results; the caller removes it.
  ///   - tools: what the page needs of the commands.
  package init(folder: URL, workFolder: URL, tools: ScreenTools) {
    var own = tools
    own.sentence = { Self.told(tools.sentence($0), without: workFolder.path) }
    (self.tools, self.workFolder) = (own, workFolder)
    shelf = ProjectShelf(folder: folder, workFolder: workFolder, tools: own)
  }

  /// A sentence without the folder in which the server works: files there have names that tell the user nothing, but for uploads.
  private static func told(_ sentence: String, without folder: String) -> String {
    guard sentence.hasPrefix(folder), let colon = sentence.firstRange(of: ": ") else { return sentence }
    let name = (String(sentence[..<colon.lowerBound]) as NSString).lastPathComponent
    let rest = String(sentence[colon.upperBound...])
    return name.contains(".") ? "\(name): \(rest)" : rest
  }

  /// Opens an image, or a project.
  /// - Throws: `FormatError` where it cannot be read.
  package func open(_ path: String) throws { try shelf.open(path) }

  /// Ends the work with all project files, before the program ends.
  package func close() { shelf.close() }

  /// Serves until the program ends.
  ///
  /// - Parameters:
  ///   - wanted: the port; 0: any that is free.
  ///   - ready: called with the address of the page once requests are answered.
  /// - Throws: `FormatError` where the port cannot be used.
  package func run(port wanted: Int, ready: @escaping @Sendable (_ address: String) -> Void) async throws {
    var logger = Logger(label: "tessera.gui")
    logger.logLevel = .critical
    let application = Application(
      router: router,
      configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: wanted), backlog: 1024),
      onServerRunning: { [token, port] channel in
        port.number = channel.localAddress?.port ?? wanted
        ready("http://127.0.0.1:\(port.number)/?token=\(token.text)")
      }, logger: logger)
    do { try await application.run() } catch {
      guard port.number == 0 else { throw error }
      throw FormatError(
        .cannotWrite, "port \(wanted) of this machine cannot be used (\(error)); choose another, or 0 for any")
    }
  }

  private var router: Router<BasicRequestContext> {
    let router = Router()
    let entrance = AccessGuard<BasicRequestContext>(token: token, port: port)
    router.add(middleware: SentenceErrors(sentence: tools.sentence))
    router.add(middleware: entrance)
    router.get("/") { _, _ in
      var response = try Self.page("index.html")
      response.headers[.setCookie] = entrance.cookie
      return response
    }
    router.get("assets/**") { _, context in
      try Self.page(context.parameters.getCatchAll().joined(separator: "/"))
    }
    let api = router.group("api")
    api.get("health") { _, _ in try Reply.json(["status": "ok", "version": TesseraVersion.current]) }
    api.get("commands") { [tools] _, _ in try Reply.json(tools.commands) }
    api.get("projects") { [shelf] _, _ in
      struct Entry: Encodable {
        let id: Int
        let name: String
      }
      return try Reply.json(shelf.all.map { Entry(id: $0.id, name: $0.micrograph.name) })
    }
    api.post("projects") { [shelf, workFolder] request, _ in
      let file = try await Upload.receive(request, below: workFolder)
      let session = try await Self.aside {
        do { return try shelf.open(upload: file) } catch {
          // What is no image is not kept until the program ends.
          try? FileManager.default.removeItem(at: file.deletingLastPathComponent())
          throw error
        }
      }
      return try Reply.json(try await session.document(), status: .created)
    }
    api.get("lost") { [shelf] _, _ in try Reply.json(shelf.lostImages) }
    api.post("lost/:image") { [shelf] request, context in
      struct Wish: Decodable { let path: String }
      let (number, wish) = (
        try context.parameters.require("image", as: Int.self), try await request.value(Wish.self)
      )
      let session = try await Self.aside { try shelf.find(number, at: wish.path) }
      return try Reply.json(try await session.document(), status: .created)
    }
    ProjectRoutes(shelf: shelf).add(to: api.group("projects/:project"))
    return router
  }

  private static func page(_ name: String) throws -> Response {
    guard let file = PageFiles.all[name] else { throw HTTPError(.notFound) }
    return Reply.bytes(file.bytes, type: file.type)
  }

  /// Work that takes long, away from the threads that answer requests.
  private static func aside<Answer: Sendable>(_ body: @escaping @Sendable () throws -> Answer) async throws -> Answer {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
    }
  }
}
