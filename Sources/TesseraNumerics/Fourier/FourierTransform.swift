import CFFTW
import Foundation

/// FFTW's planner is not thread-safe: whoever makes or destroys a plan holds this lock.
let fourierPlanner = NSLock()

/// Fourier transforms of one image size (FFTW, single precision, one thread each).
///
/// The forward transform is unscaled and the inverse divides by the pixel count. A spectrum holds the columns
/// 0 ... width / 2 only; the rest follows from F(-k) = conj F(k). Transforms may run on several threads at once.
public final class FourierTransform: @unchecked Sendable {  // Plans are immutable once made; executing them is safe.
  /// Pixels per row of the images that are transformed.
  public let width: Int
  /// Number of rows of the images that are transformed.
  public let height: Int
  private let forwardPlan: fftwf_plan
  private let inversePlan: fftwf_plan

  /// Plans the transforms of images of this size; both sides must be positive.
  public init(width: Int, height: Int) {
    precondition(width > 0 && height > 0)
    (self.width, self.height) = (width, height)
    let (w, h, flags) = (Int32(width), Int32(height), FFTW_ESTIMATE | FFTW_UNALIGNED)
    let real = UnsafeMutablePointer<Float>.allocate(capacity: width * height)
    let complex = UnsafeMutablePointer<fftwf_complex>.allocate(capacity: (width / 2 + 1) * height)
    defer {
      real.deallocate()
      complex.deallocate()
    }
    // FFTW_ESTIMATE chooses without timing, so the same machine always gets the same plan and the same bytes.
    (forwardPlan, inversePlan) = fourierPlanner.withLock {
      (fftwf_plan_dft_r2c_2d(h, w, real, complex, flags), fftwf_plan_dft_c2r_2d(h, w, complex, real, flags))
    }
  }

  deinit {
    fourierPlanner.withLock {
      fftwf_destroy_plan(forwardPlan)
      fftwf_destroy_plan(inversePlan)
    }
  }

  /// The half spectrum of an image of this transform's size.
  public func spectrum(of image: Raster<Float>) -> Spectrum {
    precondition(image.width == width && image.height == height)
    var input = image.values  // The plan may write to its input.
    var result = Spectrum(width: width, height: height)
    input.withUnsafeMutableBufferPointer { input in
      result.values.withUnsafeMutableBytes { output in
        fftwf_execute_dft_r2c(
          forwardPlan, input.baseAddress!, output.baseAddress!.assumingMemoryBound(to: fftwf_complex.self))
      }
    }
    return result
  }

  /// The image of a half spectrum.
  public func image(of spectrum: Spectrum) -> Raster<Float> {
    precondition(spectrum.width == width && spectrum.height == height)
    var input = spectrum.values  // A complex-to-real transform overwrites its input.
    var pixels = [Float](repeating: 0, count: width * height)
    input.withUnsafeMutableBytes { input in
      pixels.withUnsafeMutableBufferPointer { output in
        fftwf_execute_dft_c2r(
          inversePlan, input.baseAddress!.assumingMemoryBound(to: fftwf_complex.self), output.baseAddress!)
      }
    }
    let scale = 1 / Float(width * height)
    for index in pixels.indices { pixels[index] *= scale }
    return Raster(width: width, height: height, values: pixels)
  }
}

/// Half of the Fourier coefficients of a real image: columns 0 ... width / 2, all rows.
public struct Spectrum: Sendable {
  /// Size of the image, in pixels.
  public let width, height: Int
  /// Real and imaginary part of each coefficient, row-major, `width / 2 + 1` a row.
  public var values: [SIMD2<Float>]

  /// A half spectrum of zeros for an image of this size.
  public init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    values = [SIMD2<Float>](repeating: .zero, count: (width / 2 + 1) * height)
  }

  /// Coefficients a row.
  @inlinable public var columns: Int { width / 2 + 1 }

  /// Frequency along x of a column, in cycles per pixel, 0 ... 0.5.
  @inlinable public func frequencyX(_ column: Int) -> Double { Double(column) / Double(width) }
  /// Frequency along y of a row, in cycles per pixel, -0.5 ..< 0.5.
  @inlinable public func frequencyY(_ row: Int) -> Double {
    Double(row <= (height - 1) / 2 ? row : row - height) / Double(height)
  }

  /// Multiplies each coefficient by a real function of the frequency (cycles per pixel).
  public mutating func multiply(by filter: (_ fx: Double, _ fy: Double) -> Float) {
    for row in 0..<height {
      let fy = frequencyY(row)
      for column in 0..<columns { values[row * columns + column] *= filter(frequencyX(column), fy) }
    }
  }

  /// Squared amplitude of every coefficient of the full spectrum, zero frequency at (width / 2, height / 2).
  public func centredPower() -> Raster<Float> {
    var power = Raster<Float>(width: width, height: height, filling: 0)
    for row in 0..<height {
      for column in 0..<columns {
        let value = values[row * columns + column]
        let square = value.x * value.x + value.y * value.y
        power[(column + width / 2) % width, (row + height / 2) % height] = square
        power[(width - column + width / 2) % width, (height - row + height / 2) % height] = square
      }
    }
    return power
  }
}
