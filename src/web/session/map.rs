//! What the map asks of the session: clouds, regions, items, groups of people, colours.

use wasm_bindgen::prelude::*;

use super::Session;
use crate::data::{Domain, UserId};
use crate::web::arguments::{
    AskFavourites, AskGroup, AskItem, AskLabels, AskRegions, ColourBy, SaveGroup, ShowMap,
};
use crate::web::clouds::{ColourView, ItemView, MapSnapshot, RegionsView, favourites};
use crate::web::js::{answer, arguments, refusal};
use crate::web::requests::Request;
use crate::web::views::SavedFile;
use crate::{export, recommend};

#[wasm_bindgen]
impl Session {
    /// The clouds as they are now.
    ///
    /// # Errors
    /// When nothing was prepared.
    pub fn map(&mut self, args: JsValue) -> Result<JsValue, JsError> {
        let asked: ShowMap = arguments(args)?;
        let Some(study) = &self.study else { return Err(JsError::new("nothing is set up to draw")) };
        answer::<ShowMap>(&MapSnapshot::of(study, &asked, &mut self.axes).map_err(refusal)?)
    }

    /// The regions of the map as it was shown last.
    ///
    /// # Errors
    /// When nothing was prepared.
    pub fn regions(&self, args: JsValue) -> Result<JsValue, JsError> {
        let AskRegions {} = arguments(args)?;
        answer::<AskRegions>(&RegionsView::new(self.study()?, self.axes.as_ref()))
    }

    /// An item on the map, and who likes it.
    ///
    /// # Errors
    /// When nothing was prepared.
    pub fn item(&self, args: JsValue) -> Result<JsValue, JsError> {
        let AskItem { domain, item } = arguments(args)?;
        answer::<AskItem>(&ItemView::new(self.study()?, domain, item).map_err(refusal)?)
    }

    /// What a group of people likes.
    ///
    /// # Errors
    /// When nothing was prepared, or there is nobody or no such person in the group.
    pub fn group(&self, args: JsValue) -> Result<JsValue, JsError> {
        let AskGroup { members, n } = arguments(args)?;
        answer::<AskGroup>(&recommend::group(&self.study()?.kept(), &members, n).map_err(refusal)?)
    }

    /// A group of people and what it likes as a file to take away.
    ///
    /// # Errors
    /// As [`Session::group`].
    pub fn save_group(&self, args: JsValue) -> Result<JsValue, JsError> {
        let SaveGroup { members, n } = arguments(args)?;
        let kept = self.study()?.kept();
        let group = recommend::group(&kept, &members, n).map_err(refusal)?;
        let text = export::group_csv(&kept.world, &members, &group).map_err(refusal)?;
        answer::<SaveGroup>(&SavedFile::of_text("group.csv", "text/csv", text))
    }

    /// What to call each user, by domain.
    ///
    /// # Errors
    /// When nothing was prepared.
    pub fn labels(&self, _: JsValue) -> Result<JsValue, JsError> {
        let world = self.study()?.world();
        let title = |domain: &Domain, user: UserId| domain.user_title(user).to_owned();
        let labels: <AskLabels as Request>::Reply = (world.domains.iter())
            .map(|domain| domain.users.all().map(|user| title(domain, user)).collect())
            .collect();
        answer::<AskLabels>(&labels)
    }

    /// What people can be coloured by, and everybody's class by one of it.
    ///
    /// # Errors
    /// When nothing was prepared.
    pub fn colours(&self, args: JsValue) -> Result<JsValue, JsError> {
        let ColourBy { key } = arguments(args)?;
        answer::<ColourBy>(&ColourView::new(self.study()?.world(), key.as_deref()))
    }

    /// What somebody rates highest, in each of their domains.
    ///
    /// # Errors
    /// When nothing was prepared or there is no such user.
    pub fn favourites(&self, args: JsValue) -> Result<JsValue, JsError> {
        let AskFavourites { domain, user } = arguments(args)?;
        let world = self.study()?.world();
        self.known(domain, user)?;
        answer::<AskFavourites>(&favourites(world, domain, UserId(user)))
    }
}
