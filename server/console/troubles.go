package console

import (
	"net/http"

	"github.com/keywright/keywright"
)

const unchanged = "Nothing was changed."

// troubles are the words for each kind of error. Each says what happened, whether anything
// was changed, and what to do.
func troubles() []trouble {
	return []trouble{
		{
			kind: keywright.ErrNotFound, status: http.StatusNotFound, title: "Not found",
			what: "There is no such page, or what it was about isn't in this account.", changed: unchanged,
			advice: "Check the address for a typing error, or start from the list of keys.", path: "/api-access", link: "API Access",
		},
		{
			kind: keywright.ErrInvalid, status: http.StatusBadRequest, title: "This address doesn't work",
			what: "A part of the address isn't as this console makes it: ", ends: true, changed: unchanged,
			advice: "Start from the list of keys.", path: "/api-access", link: "API Access",
		},
		{
			kind: keywright.ErrConflict, status: http.StatusConflict, title: "This was changed in the meantime",
			what: "What you asked for doesn't fit with what is there now: ", ends: true, changed: unchanged,
			advice: "Go back and look again before you repeat it.",
		},
		{
			kind: keywright.ErrForbidden, status: http.StatusForbidden, title: "Not for your role",
			what: "Your role in this account doesn't include this.", changed: unchanged,
			advice: "Ask an owner of the account.",
		},
		{
			kind: keywright.ErrNotEntitled, status: http.StatusPaymentRequired, title: "Not in your plan",
			what: "The account's plan has no API access.", changed: unchanged,
			advice: "Ask whoever runs this service for another plan.",
		},
		{
			kind: keywright.ErrRevoked, status: http.StatusConflict, title: "Already deleted",
			what: "This key was deleted before, by you or by someone else. It doesn't work any more.", changed: "The first time and reason stay.",
			advice: "There is nothing left to do.", path: "/api-access", link: "API Access",
		},
		{
			kind: keywright.ErrAlreadyIssued, status: http.StatusConflict, title: "Key already made",
			what: "This form was sent before, and made a key then.", changed: "No second key was made.",
			advice: "Look for the key in the list.", path: "/api-access", link: "API Access",
		},
		{
			kind: keywright.ErrChanged, status: http.StatusPreconditionFailed, title: "This was changed in the meantime",
			what: "The key isn't any more what you saw when you began.", changed: unchanged,
			advice: "Look at it again before you change it.", path: "/api-access", link: "API Access",
		},
		{
			kind: keywright.ErrNotYours, status: http.StatusForbidden, title: "Not your key",
			what: "Only the member whom a personal key acts as can rotate it, because nobody else is shown its new secret.", changed: unchanged,
			advice: "If it must end, delete it.", path: "/api-access", link: "API Access",
		},
		{
			kind: keywright.ErrLastOwner, status: http.StatusConflict, title: "The last owner stays",
			what: "An account keeps at least one owner, and this is the last one.", changed: unchanged,
			advice: "Make another member an owner first.", path: "/members", link: "Members",
		},
		{
			kind: keywright.ErrWrongPassword, status: http.StatusUnauthorized, title: "E-mail or password is wrong",
			what: "E-mail or password is wrong.", changed: unchanged,
			advice: "Try again.", path: "/sign-in", link: "Sign in",
		},
		{
			kind: keywright.ErrLinkSpent, status: http.StatusGone, title: "This link no longer works",
			what: "It was used before, or its time is over: a link like this works once.", changed: unchanged,
			advice: "If it was you who used it, sign in. If not, ask whoever sent it for a new one.", path: "/sign-in", link: "Sign in",
		},
		{
			kind: keywright.ErrSuspended, status: http.StatusForbidden, title: "This account is suspended",
			what: "While an account is suspended its keys don't work, and nothing in it can be seen or changed.", changed: "Its keys and members are kept.",
			advice: "Ask whoever runs this service.",
		},
		{
			kind: keywright.ErrOutcomeUnknown, status: http.StatusServiceUnavailable, title: "It isn't known whether that was done",
			what: "The disk failed while the change was being written.", changed: "The change may have been made, or not.",
			advice: "Look at the list before you repeat it.", path: "/api-access", link: "API Access",
		},
		{
			kind: keywright.ErrUnavailable, status: http.StatusServiceUnavailable, title: "Not available right now",
			what: "The database doesn't answer. Keys go on working for a while.", changed: unchanged,
			advice: "Try again in a few seconds. If it goes on, tell whoever runs this service the request id below.", path: "/api-access", link: "API Access",
		},
		{
			kind: keywright.ErrTooManyKeys, status: http.StatusConflict, title: "No room for another key",
			what: "The account has as many keys as its plan allows.", changed: unchanged,
			advice: "Delete one that is no longer needed, or ask about a larger plan.", path: "/api-access", link: "API Access",
		},
		{
			kind: keywright.ErrTooFast, status: http.StatusTooManyRequests, title: "Too fast",
			what: "The account has made as many keys as its plan allows for now.", changed: unchanged,
			advice: "Wait a little, then try again.", path: "/api-access", link: "API Access",
		},
		{
			kind: keywright.ErrReused, status: http.StatusUnprocessableEntity, title: "Sent before for something else",
			what: "What names this request was already used for another one.", changed: unchanged,
			advice: "Load the page again and send the form from there.", path: "/", link: "Open the console",
		},
		{
			kind: keywright.ErrBackwards, status: http.StatusServiceUnavailable, title: "Not available right now",
			what: "The database is an older copy of itself, in which deleted keys may still be there.", changed: unchanged,
			advice: "Tell whoever runs this service: it has to be decided what becomes of it.",
		},
		{
			kind: keywright.ErrOwnRequest, status: http.StatusForbidden, title: "Your own request",
			what: "By the rules of this service someone else must approve what you asked for.", changed: unchanged,
			advice: "Ask another member who may decide about requests.", path: "/requests", link: "Requests",
		},
		{
			kind: keywright.ErrRequesterOnly, status: http.StatusForbidden, title: "Only for whoever asked",
			what: "Only the member who asked for a key is shown it, and nobody else can withdraw what they asked.", changed: unchanged,
			advice: "To end the matter, decline the request, or delete the key once it was made.", path: "/requests", link: "Requests",
		},
		{
			kind: keywright.ErrMembersOnly, status: http.StatusForbidden, title: "Only for members",
			what: "Only a member of the account can ask.", changed: unchanged,
			advice: "Sign in as one.", path: "/sign-in", link: "Sign in",
		},
		{
			kind: errCrossOrigin, status: http.StatusForbidden, title: "Sent from elsewhere",
			what: "Your browser says that another site sent this.", changed: unchanged,
			advice: "If it was you, open this console in a window of its own and do it there.", path: "/", link: "Open the console",
		},
		{
			kind: errFormType, status: http.StatusUnsupportedMediaType, title: "Not sent as a form",
			what: "What was sent isn't a form as a page of this console sends it.", changed: unchanged,
			advice: "Use the page's own form. Programs use the REST API.", path: "/", link: "Open the console",
		},
		{
			kind: errFormTooLarge, status: http.StatusRequestEntityTooLarge, title: "Too long",
			what: "What was sent is longer than any form here can be.", changed: unchanged,
			advice: "Go back and shorten it.",
		},
		{
			kind: errFormFields, status: http.StatusBadRequest, title: "Not a form of this console",
			what: "What was sent has a field that the form doesn't have, or has one twice.", changed: unchanged,
			advice: "Load the page again and send the form from there.", path: "/", link: "Open the console",
		},
		{
			kind: errMethod, status: http.StatusMethodNotAllowed, title: "Not in this way",
			what: "There is something at this address, but it isn't used with this method.", changed: unchanged,
			advice: "Start from the list of keys.", path: "/api-access", link: "API Access",
		},
	}
}
