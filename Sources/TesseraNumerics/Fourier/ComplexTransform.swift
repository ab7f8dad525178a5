import CFFTW
import Foundation

/// Inverse Fourier transforms of complex spectra of one size (FFTW, single precision, one thread each), unscaled:
///
///     f(x, y) = Σ F(k, l) exp(2πi (k x / width + l y / height)).
///
/// Transforms may run on several threads at once.
package final class ComplexTransform: @unchecked Sendable {  // The plan is immutable once made; executing it is safe.
  package let width, height: Int
  private let plan: fftwf_plan

  package init(width: Int, height: Int) {
    precondition(width > 0 && height > 0)
    (self.width, self.height) = (width, height)
    let scratch = UnsafeMutablePointer<fftwf_complex>.allocate(capacity: width * height)
    defer { scratch.deallocate() }
    plan = fourierPlanner.withLock {
      fftwf_plan_dft_2d(
        Int32(height), Int32(width), scratch, scratch, FFTW_BACKWARD, FFTW_ESTIMATE | FFTW_UNALIGNED)
    }
  }

  deinit { fourierPlanner.withLock { fftwf_destroy_plan(plan) } }

  /// The function of a spectrum; `values` holds real and imaginary parts, row-major, frequencies 0 ... then negative ones.
  package func inverse(_ values: [SIMD2<Float>]) -> [SIMD2<Float>] {
    precondition(values.count == width * height)
    var values = values
    values.withUnsafeMutableBytes { bytes in
      let base = bytes.baseAddress!.assumingMemoryBound(to: fftwf_complex.self)
      fftwf_execute_dft(plan, base, base)
    }
    return values
  }

  /// The smallest number from `count` whose prime factors are 2, 3 and 5, which FFTW likes best.
  package static func convenientSize(from count: Int) -> Int {
    var size = max(1, count)
    while true {
      var rest = size
      for prime in [2, 3, 5] { while rest.isMultiple(of: prime) { rest /= prime } }
      if rest == 1 { return size }
      size += 1
    }
  }
}
