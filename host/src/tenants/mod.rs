//! Who guests belong to: a host has tenants, and a tenant has guests.
//!
//! | concept                                       | file     |
//! |-----------------------------------------------|----------|
//! | all tenants, in one budget                    | `host`   |
//! | all guests of one tenant, in one budget       | `tenant` |
//! | what that means for one guest                 | `around` |
//! | the guests there are, to take everything away | `members` |

mod around;
mod host;
mod members;
mod tenant;

pub(crate) use around::Around;
pub use host::{Host, HostBuilder};
pub use tenant::{Tenant, TenantBuilder};
