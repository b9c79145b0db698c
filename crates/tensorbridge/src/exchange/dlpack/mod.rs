//! DLPack: the C structures and their way in and out.
