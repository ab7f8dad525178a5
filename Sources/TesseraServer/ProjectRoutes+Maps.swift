import Foundation
import Hummingbird
import TesseraNumerics
import TesseraProject

/// Maps, proposals, motif-cells and methods of a project, and the measurements that give maps.
extension ProjectRoutes {
  func addMaps(to group: RouterGroup<some RequestContext>) {
    group.get("views/:command/layers/:layer") { _, context in
      let (view, layer, picture) = try await picture(context)
      return try Reply.json(try MapKey(layer, picture, of: view))
    }
    group.get("views/:command/tiles/:layer/:level/:x/:y") { _, context in
      let (_, _, picture) = try await picture(context)
      let (level, x, y) = (
        try context.parameters.require("level", as: Int.self), try context.parameters.require("x", as: Int.self),
        try context.parameters.require("y", as: Int.self)
      )
      guard let tile = picture.pyramid.tile(level: level, x: x, y: y) else {
        throw HTTPError(.notFound, message: "the map has no such tile")
      }
      return Reply.array(tile)
    }
    group.get("views/:command/places") { _, context in
      try Reply.json(try MapKey.places(of: await session(context).view(of: try context.parameters.require("command"))))
    }
    group.get("review") { _, context in try Reply.json(try await session(context).review()) }
    group.get("cells") { _, context in try Reply.json(try await session(context).cells()) }
    group.get("methods") { _, context in try Reply.json(try await session(context).methods()) }
    group.post("measurements") { request, context in
      let session = try session(context)
      let wish = try await request.value(MeasurementRequest.self)
      try await session.measure(
        .init(
          command: wish.command, settings: SettingValue.words(wish.settings), usesColumns: wish.usesColumns ?? false,
          scribbles: wish.scribbles ?? []))
      return try Reply.json(try await session.document(), status: .accepted)
    }
  }

  private func picture(_ context: some RequestContext) async throws -> (MapView, MapLayer, MapLayer.Picture) {
    let session = try session(context)
    let view = try await session.view(of: try context.parameters.require("command"))
    let layer = try view.layer(try context.parameters.require("layer"))
    return (view, layer, try await session.picture(of: layer, in: view))
  }
}

/// What the page asks of a measurement.
private struct MeasurementRequest: Decodable {
  var command: String
  var settings: [String: SettingValue]?
  var usesColumns: Bool?
  var scribbles: [Scribble]?
}
