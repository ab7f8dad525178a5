import TesseraImaging
import TesseraNumerics

/// The places found in one image, in the order of the result tables.
public struct Sites: Sendable, Codable, Equatable {
  /// The places in the order of the result tables; other results refer to them by index.
  public var sites: [Site]
  /// Sites in the order given.
  public init(_ sites: [Site]) { self.sites = sites }

  /// Number of sites, vacant nodes and columns centred outside the image included.
  public var count: Int { sites.count }
  /// Number of columns of the image: neither vacant nodes nor columns centred outside.
  public var columnCount: Int { sites.count { $0.kind == .column || $0.kind == .partial } }
  /// - Parameter index: 0 ..< `count`.
  public subscript(index: Int) -> Site {
    get { sites[index] }
    set { sites[index] = newValue }
  }
  /// The places of all sites, in pixels.
  public var positions: [Point] { sites.map(\.position) }

  /// Mean distance from a site to its nearest neighbour, in pixels; nil with fewer than two sites.
  public var meanSpacing: Double? { PlanarIndex(positions).meanSpacing }
}
