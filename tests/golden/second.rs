//! Second opinions on a picture: our SVG drawn by resvg, and how alike two pictures are.

use mapdesk::outputs::raster::Bitmap;
use resvg::{tiny_skia, usvg};

/// The picture as resvg draws our SVG with our fonts.
pub fn by_resvg(svg: &str, scale: u32) -> Bitmap {
    let mut options = usvg::Options::default();
    options.fontdb_mut().load_fonts_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/fonts"));
    let tree = usvg::Tree::from_str(svg, &options).expect("well-formed SVG");
    let size = tree.size();
    let (width, height) = (size.width() as u32 * scale, size.height() as u32 * scale);
    let mut pixmap = tiny_skia::Pixmap::new(width, height).expect("a size");
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale as f32, scale as f32), &mut pixmap.as_mut());
    Bitmap { width, height, rgba: pixmap.take().into() }
}

/// Mean structural similarity (Wang 2004) of the lightness of two pictures over windows of 8 × 8 pixels, and the lowest one.
pub fn ssim(a: &Bitmap, b: &Bitmap) -> (f64, f64) {
    assert_eq!((a.width, a.height), (b.width, b.height));
    let grey = |p: &Bitmap, x: u32, y: u32| {
        let c = p.pixel(x, y).expect("inside");
        0.299 * f64::from(c.0) + 0.587 * f64::from(c.1) + 0.114 * f64::from(c.2)
    };
    let (mut sum, mut n, mut low) = (0.0, 0.0, 1.0_f64);
    for y0 in (0..a.height - 7).step_by(8) {
        for x0 in (0..a.width - 7).step_by(8) {
            let (mut ma, mut mb, mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for y in y0..y0 + 8 {
                for x in x0..x0 + 8 {
                    let (p, q) = (grey(a, x, y), grey(b, x, y));
                    ma += p;
                    mb += q;
                    aa += p * p;
                    bb += q * q;
                    ab += p * q;
                }
            }
            let (ma, mb) = (ma / 64.0, mb / 64.0);
            let (va, vb, cov) = (aa / 64.0 - ma * ma, bb / 64.0 - mb * mb, ab / 64.0 - ma * mb);
            let (c1, c2) = (6.5025, 58.5225);
            let s = (2.0 * ma * mb + c1) * (2.0 * cov + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
            sum += s;
            n += 1.0;
            low = low.min(s);
        }
    }
    (sum / n, low)
}

/// A picture at half its size, each pixel the mean of four.
#[allow(dead_code, reason = "not every test that shares this file halves pictures")]
pub fn halved(a: &Bitmap) -> Bitmap {
    let (width, height) = (a.width / 2, a.height / 2);
    let mut rgba = Vec::with_capacity((width * height * 4) as usize);
    for y in 0..height {
        for x in 0..width {
            let mut sum = [0_u32; 3];
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                let c = a.pixel(x * 2 + dx, y * 2 + dy).expect("inside");
                sum = [sum[0] + u32::from(c.0), sum[1] + u32::from(c.1), sum[2] + u32::from(c.2)];
            }
            rgba.extend(sum.map(|s| ((s + 2) / 4) as u8));
            rgba.push(255);
        }
    }
    Bitmap { width, height, rgba: rgba.into() }
}
