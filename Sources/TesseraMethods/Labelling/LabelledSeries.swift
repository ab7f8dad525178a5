import TesseraImaging
import TesseraNumerics

/// Images of a series with the columns of the best one.
public struct LabelledSeries: Sendable {
  /// Which image the labels come from.
  public enum Source: Sendable, Equatable {
    /// The mean of the registered images.
    case mean
    /// One of them, counted from 0.
    case image(Int)

    /// Number of the image; nil: the mean.
    var number: Int? {
      if case .image(let index) = self { return index }
      return nil
    }
  }

  /// What one image of the series was given.
  public struct Image: Sendable {
    /// Name of the image in the series.
    public var name: String
    /// Why the image has no labels, in words that follow its name; nil: it has.
    public var reason: String?
    /// The part of the image that the best one shows, in which all its columns are labelled: pixels from `x`, `y` on.
    public var x = 0, y = 0
    /// Size of this part in pixels.
    public var width = 0, height = 0
    /// Places of the columns in this part, in pixels.
    public var labels: [Point] = []
    /// Number of columns of the best image that are not there, although the image would show them.
    public var goneCount = 0
    /// How far the specimen had moved against the first image, and the standard error, in pixels.
    public var shift = Point.zero, shiftError = Point.zero
    /// Whether a linear distortion against the best image was followed.
    public var isDistorted = false
    /// Root mean square distance per axis of the columns from their labels, beyond their errors, in pixels.
    public var residual = Double.nan
    /// Median standard error per axis of the places of the columns that the image itself gives, in pixels.
    public var positionError = Double.nan
    /// Mean response of the image at the labels, in standard errors of what it is elsewhere.
    public var significance = Double.nan

    /// Those of some places of the whole image that lie in the part, in pixels of the part.
    func part(of places: [Point]) -> [Point] {
      let origin = Point(Double(x), Double(y))
      let area = (x: -0.5..<Double(width) - 0.5, y: -0.5..<Double(height) - 0.5)
      return places.map { $0 - origin }.filter { area.x.contains($0.x) && area.y.contains($0.y) }
    }
  }

  /// The images, in the order of the series.
  public var images: [Image]
  /// Where the labels come from.
  public var source: Source
  /// Number of columns of the best image.
  public var columnCount: Int
  /// How the images were registered; nil where each was aligned to the best one alone.
  public var registration: RegistrationRecord?
  /// Of the first image.
  public var calibration: Calibration?
  /// What the user should know before trusting the labels, one sentence each.
  public var warnings: [String]

  /// Images that have labels.
  public var labelled: [Image] { images.filter { $0.reason == nil } }

  /// The best image, in words.
  public var sourceName: String {
    switch source {
    case .mean: "the mean of the images"
    case .image(let index): images[index].name
    }
  }
}
