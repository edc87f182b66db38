//! Places for callers, and what holds one: a caller that does not read its answer, or watches a run, keeps nobody else out.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio::time::{Instant, Sleep, sleep_until};

/// So long an answer may wait for its reader, and so much longer for each piece that was read: 16 KiB/s at least.
const PATIENCE: Duration = Duration::from_secs(10);
const PIECE_BYTES: u64 = 16 << 10;
/// Watchers at a time. Of more, the one that has watched longest is let go: it comes back by itself where it is alive.
const STREAMS: usize = 64;

/// The place of a connection among all. Whoever watches a run gives it back for one among the watchers.
#[derive(Debug, Clone)]
pub(super) struct Place(Arc<Mutex<Option<OwnedSemaphorePermit>>>);

impl Place {
    pub(super) fn new(permit: OwnedSemaphorePermit) -> Self {
        Self(Arc::new(Mutex::new(Some(permit))))
    }

    /// Gives it back before the connection ends.
    pub(super) fn leave(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// Connections that watch runs, the longest first.
#[derive(Debug, Default)]
pub(super) struct Streams(Mutex<VecDeque<Arc<Notify>>>);

/// One of them.
#[derive(Debug)]
pub(super) struct Stream {
    streams: Arc<Streams>,
    /// Told when it has to go.
    pub(super) end: Arc<Notify>,
}

impl Streams {
    fn open(&self) -> MutexGuard<'_, VecDeque<Arc<Notify>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn enter(self: &Arc<Self>) -> Stream {
        let end = Arc::new(Notify::new());
        let mut open = self.open();
        while open.len() >= STREAMS {
            open.pop_front().inspect(|oldest| oldest.notify_one());
        }
        open.push_back(Arc::clone(&end));
        Stream { streams: Arc::clone(self), end }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.streams.open().retain(|end| !Arc::ptr_eq(end, &self.end));
    }
}

/// A connection that ends when its reader takes nothing for too long.
#[derive(Debug)]
pub(super) struct Paced<S> {
    stream: S,
    /// While something waits to be read: until when.
    limit: Option<Pin<Box<Sleep>>>,
    /// What the reader has saved up by what it read since it first let something wait.
    begun: Option<(Instant, u64)>,
}

impl<S> Paced<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, limit: None, begun: None }
    }

    /// After a piece was written: all that was waited for is forgiven once the reader is fast enough again.
    fn written(&mut self, bytes: usize) {
        self.limit = None;
        if let Some((begin, sum)) = &mut self.begun {
            *sum += bytes as u64;
            if begin.elapsed() < Duration::from_secs(*sum / PIECE_BYTES) {
                self.begun = None;
            }
        }
    }

    /// While nothing can be written: waits until the limit at most.
    fn waiting(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        let (begin, sum) = *self.begun.get_or_insert_with(|| (Instant::now(), 0));
        let until = begin + PATIENCE + Duration::from_secs(sum / PIECE_BYTES);
        let limit = self.limit.get_or_insert_with(|| Box::pin(sleep_until(until)));
        ready!(limit.as_mut().poll(context));
        Poll::Ready(io::Error::new(io::ErrorKind::TimedOut, "the answer is not read"))
    }

    fn paced<T>(
        &mut self,
        context: &mut Context<'_>,
        polled: Poll<io::Result<T>>,
        bytes: impl Fn(&T) -> usize,
    ) -> Poll<io::Result<T>> {
        match polled {
            Poll::Pending => self.waiting(context).map(Err),
            Poll::Ready(Ok(done)) => {
                self.written(bytes(&done));
                Poll::Ready(Ok(done))
            }
            failed @ Poll::Ready(Err(_)) => failed,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.paced(context, polled, |written| *written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.paced(context, polled, |written| *written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(context);
        self.paced(context, polled, |()| 0)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(context);
        self.paced(context, polled, |()| 0)
    }
}
