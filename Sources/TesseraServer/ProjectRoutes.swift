import Foundation
import Hummingbird
import TesseraMethods
import TesseraNumerics
import TesseraProject

/// What can be asked of one project: `/api/projects/NUMBER/...`.
struct ProjectRoutes {
  let shelf: ProjectShelf

  func add(to group: RouterGroup<some RequestContext>) {
    group.get("events") { request, context in try session(context).events.response(to: request) }
    addViews(to: group)
    addChanges(to: group)
    addJobs(to: group)
    addMaps(to: group)
    group.get("export/:name") { request, context in
      let name = try context.parameters.require("name")
      let session = try session(context)
      let export =
        name == "points.csv"
        ? try await session.points(window: request.number("window"), bound: request.number("bound"))
        : try await session.export(name)
      return try Self.answer(export)
    }
    group.get("views/:command/export/**") { _, context in
      let command = try context.parameters.require("command")
      let name = context.parameters.getCatchAll().joined(separator: "/")
      return try Self.answer(try await session(context).export(name, of: command))
    }
  }

  private static func answer(_ export: ProjectSession.Export) throws -> Response {
    switch export {
    case .file(let handle, let name): try Reply.download(handle, as: name)
    case .data(let data, let name): Reply.download(data, as: name)
    }
  }

  func session(_ context: some RequestContext) throws -> ProjectSession {
    let name = try context.parameters.require("project")
    guard let number = Int(name) else { throw DataError("there is no project \(name)") }
    return try shelf.session(number)
  }

  private func addViews(to group: RouterGroup<some RequestContext>) {
    group.get { _, context in try Reply.json(try await session(context).document()) }
    group.get("tiles/:layer/:level/:x/:y") { _, context in
      let session = try session(context)
      let (level, x, y) = (
        try context.parameters.require("level", as: Int.self), try context.parameters.require("x", as: Int.self),
        try context.parameters.require("y", as: Int.self)
      )
      let answer: Response?
      switch try context.parameters.require("layer") {
      case "image": answer = session.pyramid.tile(level: level, x: x, y: y).map(Reply.array)
      case "map": answer = try await session.knownMap().pyramid.tile(level: level, x: x, y: y).map(Reply.array)
      default: answer = nil
      }
      guard let answer else { throw HTTPError(.notFound, message: "the image has no such tile") }
      return answer
    }
    group.get("sites") { _, context in Reply.array(try await session(context).sites()) }
    group.get("labels") { _, context in
      let (labels, confidence) = try await session(context).labels()
      return Reply.bytes(labels.withUnsafeBytes { Data($0) } + Data(confidence))
    }
    group.get("site/:site") { _, context in
      try Reply.json(try await session(context).details(of: try context.parameters.require("site", as: Int.self)))
    }
    group.get("average/:class") { _, context in
      try Reply.json(try await session(context).average(ofClass: try context.parameters.require("class")))
    }
    group.get("candidates") { request, context in
      let map = try await session(context).knownMap()
      let found = try map.candidates(window: request.number("window"), bound: request.number("bound"))
      return Reply.array(found.flatMap { [Float($0.position.x), Float($0.position.y), Float($0.value)] })
    }
  }

  private func addChanges(to group: RouterGroup<some RequestContext>) {
    group.post("actions") { request, context in
      let session = try session(context)
      let message = try await session.perform(try await request.value(TreeAction.self))
      return try Reply.json(try await session.document(saying: message))
    }
    group.post("corrections") { request, context in
      let session = try session(context)
      try await session.make(try await request.value(Correction.self))
      return try Reply.json(try await session.document())
    }
    group.post("undo") { _, context in
      let session = try session(context)
      try await session.undo()
      return try Reply.json(try await session.document())
    }
    group.post("redo") { _, context in
      let session = try session(context)
      try await session.redo()
      return try Reply.json(try await session.document())
    }
  }

  private func addJobs(to group: RouterGroup<some RequestContext>) {
    group.post("analysis") { request, context in
      let session = try session(context)
      let wish = try await request.value(AnalysisWish.self)
      try await session.analyse(
        settings: wish.options, columns: wish.columns ?? .found, keepsClasses: wish.keepsClasses ?? false)
      return try Reply.json(try await session.document(), status: .accepted)
    }
    group.post("map") { _, context in
      let session = try session(context)
      try session.findMap()
      return try Reply.json(try await session.document(), status: .accepted)
    }
    group.delete("job") { _, context in
      let session = try session(context)
      session.jobs.cancel()
      return try Reply.json(try await session.document())
    }
  }
}

/// What the page asks of an analysis.
private struct AnalysisWish: Decodable {
  struct Filter: Decodable { var window, bound: Double? }

  var settings: [String: SettingValue]?
  var columns: ProjectStep.Columns?
  var mapFilter: Filter?
  /// Whether the columns go to the current classes, instead of classes that are found anew.
  var keepsClasses: Bool?

  /// The settings as words of a command line: flags that are set have an empty value. The filter of the map belongs to its columns.
  var options: [String: String] {
    var options = SettingValue.words(settings)
    guard columns == .map else { return options }
    options["method"] = "network"
    if let window = mapFilter?.window { options["filter-window"] = "\(window)" }
    if let bound = mapFilter?.bound { options["filter-lower-bound"] = "\(bound)" }
    return options
  }
}
