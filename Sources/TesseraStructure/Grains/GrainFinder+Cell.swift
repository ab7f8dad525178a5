import TesseraNumerics

extension GrainFinder {
  /// So many sites judge a cell.
  private static let judges = 400
  /// So many windows are searched, each of so many sites: a grain of a hundred columns fills one.
  private static let windows = 24
  private static let windowSites = 90
  /// Vectors of a window are sought up to this many mean spacings, half its width: a longer one would leave it from most sites.
  private static let windowReach = 4.5

  /// A cell that free sites share: of the whole image, unless a window shows a smaller one that suits the sites as well.
  /// Vectors that several grains happen to have in common span multiples of the cell.
  func sharedCell(
    among free: [Int], index: PlanarIndex, heights: [Double], spacing: Double, isWhole: Bool, extent: Point
  ) -> (u: Point, v: Point)? {
    let positions = index.points
    let sample = Self.sample(Self.judges, of: free)
    var candidates: [SharedCell] = []
    func consider(_ cell: (u: Point, v: Point)?) {
      guard let cell, let fitter = LocalFrames(u: cell.u, v: cell.v, index: index, spacing: spacing) else { return }
      candidates.append(SharedCell(cell.u, cell.v, judgedBy: fitter, sample: sample, heights: heights))
    }
    if isWhole {
      consider(
        latticeFinder.vectors(
          of: positions, heights: heights, width: Int(saturating: extent.x) + 1, height: Int(saturating: extent.y) + 1))
    }
    var finder = latticeFinder
    finder.reach = min(finder.reach, Self.windowReach)
    let freeIndex = PlanarIndex(free.map { positions[$0] })
    // Windows around sites spread evenly through the list, which runs along the image.
    for site in stride(from: 0, to: free.count, by: max(1, free.count / Self.windows)) {
      let window = freeIndex.nearest(Self.windowSites, to: freeIndex.points[site]).map { free[$0] }
      let places = window.map { positions[$0] }
      let low = places.reduce(places[0]) { pointwiseMin($0, $1) }
      let high = places.reduce(places[0]) { pointwiseMax($0, $1) }
      consider(
        finder.vectors(
          of: places.map { $0 - low }, heights: window.map { heights[$0] }, width: Int(saturating: high.x - low.x) + 1,
          height: Int(saturating: high.y - low.y) + 1))
    }
    return SharedCell.best(of: candidates).map { ($0.u, $0.v) }
  }
}
