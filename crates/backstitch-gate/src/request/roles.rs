//! Which attribute of a Push record plays which part.

use backstitch_api::generated::push_record::ATTRIBUTES;
use backstitch_api::{Attribute, Role};

use crate::GateError;

/// The attributes that the gate itself has to understand. Of all others it checks what their
/// definition says, and no more.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Roles {
    pub(crate) client: &'static Attribute,
    pub(crate) table: &'static Attribute,
    pub(crate) sequence: &'static Attribute,
    /// Without it every record is an upsert.
    pub(crate) action: Option<&'static Attribute>,
    pub(crate) keys: &'static Attribute,
    pub(crate) data: &'static Attribute,
}

impl Roles {
    /// Finds them among the attributes of the Push object.
    ///
    /// # Errors
    /// Where the definition leaves one of the parts to nobody.
    pub(crate) fn of_push() -> Result<Self, GateError> {
        let find = |role: Role| ATTRIBUTES.iter().find(|attribute| attribute.role == Some(role));
        let of = |role: Role| {
            find(role).ok_or_else(|| {
                let name = Role::ALL.iter().find(|(_, known)| *known == role).map_or("", |(name, _)| name);
                GateError::Definition { role: name }
            })
        };
        Ok(Roles {
            client: of(Role::Client)?,
            table: of(Role::Table)?,
            sequence: of(Role::Sequence)?,
            action: find(Role::Action),
            keys: of(Role::Keys)?,
            data: of(Role::Data)?,
        })
    }
}
