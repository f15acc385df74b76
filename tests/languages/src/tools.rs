//! The tools, which come from PyPI and npm.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::files::Inputs;
use crate::lock;
use crate::step::step;

/// What one installation has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tools {
    /// componentize-py.
    Python,
    /// jco with both engines.
    JavaScript,
}

impl Tools {
    /// The name in file names.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::JavaScript => "javascript",
        }
    }

    /// The folder that says which versions.
    pub(crate) fn pin(self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(self.name())
    }

    /// Installs them below `folder`, if that has not been done, and says where.
    pub(crate) fn install(self, folder: &Path) -> Result<PathBuf> {
        let to = folder.join("tools").join(self.name());
        fs::create_dir_all(&to).with_context(|| format!("cannot make {}", to.display()))?;
        let _lock = lock(&to)?;

        let pin = self.pin();
        let inputs = Inputs::read(&[&pin])?;
        let installed = to.join("installed-from");
        if inputs.are_recorded(&installed) {
            return Ok(to);
        }
        match self {
            Self::Python => python(&pin, &to),
            Self::JavaScript => javascript(&pin, &to),
        }?;
        inputs.record(&installed)?;
        Ok(to)
    }
}

fn python(pin: &Path, to: &Path) -> Result<()> {
    require(
        "python3",
        "Python 3.10 or newer, with its module venv (Debian: python3-venv)",
    )?;
    step(
        &format!("making a Python environment in {}", to.display()),
        Command::new("python3").args(["-m", "venv"]).arg(to),
    )?;
    step(
        "installing componentize-py from PyPI into it",
        Command::new(to.join("bin/python"))
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "-r",
            ])
            .arg(pin.join("requirements.txt")),
    )
}

fn javascript(pin: &Path, to: &Path) -> Result<()> {
    require("node", "Node.js 20 or newer")?;
    require("npm", "npm, which comes with Node.js (Debian: npm)")?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(pin.join(file), to.join(file)).with_context(|| format!("cannot copy {file}"))?;
    }
    // Not `npm ci`: it refuses a lock file without the optional packages of every other platform, and registries
    // that mirror npm may lack some. `install` keeps to the versions and checksums in the lock file as well.
    step(
        &format!("installing jco from npm into {} (340 MB)", to.display()),
        Command::new("npm")
            .args(["install", "--no-audit", "--no-fund"])
            .current_dir(to),
    )
}

/// A program that this does not install.
fn require(program: &str, what: &str) -> Result<()> {
    let answers = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !answers {
        bail!("`{program}` is missing: install {what}");
    }
    Ok(())
}
