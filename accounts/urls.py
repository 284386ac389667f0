"""Pages for people: sign-in, account, connect."""

from __future__ import annotations

from allauth.account.views import account_inactive
from allauth.socialaccount.views import login_cancelled, login_error
from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts import sign_in, views

urlpatterns = [
    path("connect/", views.connect, name="connect"),
    path("account/", views.account, name="account"),
    path("account/clients/revoke/", views.revoke_all_clients, name="revoke-all-clients"),
    path("account/clients/<int:pk>/revoke/", views.revoke_client, name="revoke-client"),
    path("account/tokens/", views.make_token, name="make-token"),
    path("account/tokens/<int:pk>/revoke/", views.revoke_token, name="revoke-personal-token"),
    # allauth and its GitHub provider reverse these names.
    path("accounts/login/", sign_in.sign_in, name="account_login"),
    path("accounts/logout/", LogoutView.as_view(), name="account_logout"),
    path("accounts/inactive/", account_inactive, name="account_inactive"),
    path("accounts/cancelled/", login_cancelled, name="socialaccount_login_cancelled"),
    path("accounts/error/", login_error, name="socialaccount_login_error"),
    path("accounts/github/login/", sign_in.github_login, name="github_login"),
    path("accounts/github/login/callback/", sign_in.github_callback, name="github_callback"),
]
