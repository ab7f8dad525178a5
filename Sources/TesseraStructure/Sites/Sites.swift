import TesseraImaging
import TesseraNumerics

/// The places found in one image, in the order of the result tables.
public struct Sites: Sendable, Codable, Equatable {
  public var sites: [Site]
  public init(_ sites: [Site]) { self.sites = sites }

  public var count: Int { sites.count }
  public subscript(index: Int) -> Site {
    get { sites[index] }
    set { sites[index] = newValue }
  }
  public var positions: [Point] { sites.map(\.position) }

  /// Mean distance from a site to its nearest neighbour, in pixels; nil with fewer than two sites.
  public var meanSpacing: Double? { PlanarIndex(positions).meanSpacing }
}
