//! A pseudo-terminal to run the binary on, for what only shows on one.

use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, OutputModes, Winsize, tcgetattr, tcsetattr, tcsetwinsize};

/// A terminal with nobody at it.
pub(crate) struct Terminal {
    user: OwnedFd,
    screen: JoinHandle<Vec<u8>>,
}

impl Terminal {
    /// A terminal of so many columns. Line ends are shown as they are written.
    pub(crate) fn new(columns: u16) -> Self {
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&controller).unwrap();
        unlockpt(&controller).unwrap();
        let name = ptsname(&controller, Vec::new()).unwrap();
        let user = open(name.as_c_str(), OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).unwrap();
        tcsetwinsize(&user, Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let mut modes = tcgetattr(&user).unwrap();
        modes.output_modes.remove(OutputModes::OPOST);
        tcsetattr(&user, OptionalActions::Now, &modes).unwrap();
        let screen = std::thread::spawn(move || {
            let mut shown = Vec::new();
            let mut controller = File::from(controller);
            let mut piece = [0; 4096];
            // The end of a terminal is an error.
            while let Ok(read @ 1..) = controller.read(&mut piece) {
                shown.extend_from_slice(&piece[..read]);
            }
            shown
        });
        Self { user, screen }
    }

    /// One of its ends for a process.
    pub(crate) fn end(&self) -> Stdio {
        self.user.try_clone().unwrap().into()
    }

    /// What was written to it when all its processes have ended.
    pub(crate) fn screen(self, command: Command) -> String {
        // Both hold ends of it.
        drop(command);
        drop(self.user);
        String::from_utf8_lossy(&self.screen.join().unwrap()).into_owned()
    }
}
